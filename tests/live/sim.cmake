# The live carrier, towards a server of raw bytes and towards the real one.
foreach(name IN ITEMS live live_endings live_clocks live_faults live_run)
    sq_test(${name} FOLDER live NEEDS sq_live_world)
    target_compile_definitions(test_${name} PRIVATE _GNU_SOURCE)
endforeach()

if(TARGET squall)
    add_executable(foreign_endpoint ${PROJECT_SOURCE_DIR}/tests/support/foreign_endpoint.c)
    target_compile_definitions(foreign_endpoint PRIVATE _GNU_SOURCE)
    sq_script_test(target_url FOLDER live
        COMMAND bash ${PROJECT_SOURCE_DIR}/tests/live/target_url.sh $<TARGET_FILE:foreign_endpoint>)
endif()
