sq_test(run FOLDER unit NEEDS sq_small_scenario sq_sim)
sq_test(workload FOLDER unit NEEDS sq_small_scenario sq_sim)
