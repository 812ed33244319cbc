sq_test(arena FOLDER unit NEEDS sq_memory_torture sq_base)
sq_test(assert FOLDER unit NEEDS sq_base)
sq_test(memory FOLDER unit NEEDS sq_base)
sq_test(memory_torture FOLDER unit NEEDS sq_memory_torture sq_base)
