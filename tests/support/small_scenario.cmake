# A small scenario built by hand: name sq_small_scenario in NEEDS.
add_library(sq_small_scenario STATIC ${PROJECT_SOURCE_DIR}/tests/support/small_scenario.c)
target_link_libraries(sq_small_scenario PUBLIC sq_scenarios)
