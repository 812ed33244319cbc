sq_test(assert FOLDER unit NEEDS sq_base)
