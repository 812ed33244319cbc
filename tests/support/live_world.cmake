# A live carrier, a tiny loop that drives it and a server of raw bytes: name sq_live_world in NEEDS.
add_library(sq_live_world OBJECT
    ${PROJECT_SOURCE_DIR}/tests/support/carrier_driver.c
    ${PROJECT_SOURCE_DIR}/tests/support/live_world.c
    ${PROJECT_SOURCE_DIR}/tests/support/raw_server.c
    ${PROJECT_SOURCE_DIR}/tests/support/small_scenario.c)
target_compile_definitions(sq_live_world PRIVATE _GNU_SOURCE)
target_link_libraries(sq_live_world PUBLIC sq_sim)
