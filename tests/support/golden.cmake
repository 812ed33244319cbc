# Files that hold what a program must write.
add_library(sq_golden STATIC ${PROJECT_SOURCE_DIR}/tests/support/golden.c)
target_include_directories(sq_golden PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(sq_golden PUBLIC sq_host PkgConfig::CHECK)
