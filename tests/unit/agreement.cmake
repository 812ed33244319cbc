sq_test(agreement FOLDER unit SOURCES ${PROJECT_SOURCE_DIR}/tests/support/small_scenario.c NEEDS sq_sim)
sq_test(live_bills FOLDER unit NEEDS sq_sim)
