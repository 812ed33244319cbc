# A small world for tests of the meter: name sq_meter_world in NEEDS, before sq_sim.
add_library(sq_meter_world OBJECT ${PROJECT_SOURCE_DIR}/tests/support/meter_world.c)
target_link_libraries(sq_meter_world PUBLIC sq_sim PkgConfig::CHECK)
