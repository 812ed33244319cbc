set(scenario_text $<TARGET_OBJECTS:sq_scenario_text>)
foreach(test IN ITEMS scenario_load scenario_fields scenario_diagnostics scenario_policy
                      scenario_threshold scenario_steady scenario_hostile scenario_match scenario_reference
                      scenario_overrides)
    sq_test(${test} FOLDER unit SOURCES ${scenario_text} NEEDS sq_scenarios)
endforeach()
sq_test(scenario_refusal FOLDER unit SOURCES ${scenario_text} NEEDS sq_memory_torture sq_scenarios)
sq_test(scenario_contract FOLDER unit SOURCES ${scenario_text} NEEDS sq_memory_torture sq_scenarios)
foreach(test IN ITEMS scenario_laws scenario_replay)
    sq_test(${test} FOLDER unit SOURCES ${scenario_text} NEEDS sq_temporary_folder sq_scenarios)
endforeach()
sq_test(scenario_memory FOLDER unit NEEDS sq_memory_torture sq_scenarios)
sq_test(patterns FOLDER unit SOURCES ${scenario_text} NEEDS sq_scenarios sq_engine_world)
sq_test(recipe FOLDER unit NEEDS sq_memory_torture sq_scenarios)
