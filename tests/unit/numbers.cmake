sq_test(draw FOLDER unit NEEDS sq_base)
