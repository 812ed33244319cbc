sq_test(draw FOLDER unit NEEDS sq_base)
sq_test(fixed FOLDER unit NEEDS sq_base m)
