sq_test(run FOLDER unit NEEDS sq_small_scenario sq_sim)
sq_test(answer_rules FOLDER unit NEEDS sq_memory_torture sq_small_scenario sq_sim)
