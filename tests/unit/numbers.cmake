sq_test(curve FOLDER unit NEEDS sq_base)
sq_test(dist FOLDER unit NEEDS sq_memory_torture sq_base m)
sq_test(draw FOLDER unit NEEDS sq_base)
sq_test(fixed FOLDER unit NEEDS sq_base m)
