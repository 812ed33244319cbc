# The disk that can fail: name sq_file_torture in NEEDS, before the folders of the house.
add_library(sq_file_torture OBJECT ${PROJECT_SOURCE_DIR}/tests/support/file_torture.c)
target_include_directories(sq_file_torture PUBLIC ${PROJECT_SOURCE_DIR})
target_compile_definitions(sq_file_torture PRIVATE _GNU_SOURCE)
