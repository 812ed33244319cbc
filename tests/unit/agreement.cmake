sq_test(agreement FOLDER unit SOURCES ${PROJECT_SOURCE_DIR}/tests/support/small_scenario.c NEEDS sq_sim)
