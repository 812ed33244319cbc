sq_test(run FOLDER unit NEEDS sq_small_scenario sq_sim)
sq_test(run_memory FOLDER unit NEEDS sq_memory_torture sq_small_scenario sq_sim)
sq_test(workload FOLDER unit NEEDS sq_small_scenario sq_sim)
