sq_test(run FOLDER unit SOURCES $<TARGET_OBJECTS:sq_small_scenario> NEEDS sq_sim)
