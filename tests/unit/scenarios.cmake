set(scenario_text $<TARGET_OBJECTS:sq_scenario_text>)
foreach(test IN ITEMS scenario_fields)
    sq_test(${test} FOLDER unit SOURCES ${scenario_text} NEEDS sq_scenarios)
endforeach()
