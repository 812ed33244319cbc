# Results made by hand, for tests of what reads them.
add_library(sq_result_world STATIC ${PROJECT_SOURCE_DIR}/tests/support/result_world.c)
target_include_directories(sq_result_world PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(sq_result_world PUBLIC sq_base)
