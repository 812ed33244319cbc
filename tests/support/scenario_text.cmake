# Scenarios from text: $<TARGET_OBJECTS:sq_scenario_text> in SOURCES, sq_scenarios in NEEDS.
add_library(sq_scenario_text OBJECT ${PROJECT_SOURCE_DIR}/tests/support/scenario_text.c)
target_link_libraries(sq_scenario_text PUBLIC sq_scenarios PkgConfig::CHECK)
