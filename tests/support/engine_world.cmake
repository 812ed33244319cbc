# A world for the engine, its actions as text: name sq_engine_world in NEEDS.
add_library(sq_engine_world STATIC ${PROJECT_SOURCE_DIR}/tests/support/engine_world.c)
target_link_libraries(sq_engine_world PUBLIC sq_policies)
