sq_test(run FOLDER unit NEEDS sq_small_scenario sq_sim)
sq_test(workload FOLDER unit NEEDS sq_small_scenario sq_sim)
sq_test(users FOLDER unit NEEDS sq_memory_torture sq_small_scenario sq_sim)
sq_test(closed FOLDER unit NEEDS sq_small_scenario sq_sim)
