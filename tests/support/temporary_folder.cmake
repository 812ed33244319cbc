# A folder of its own for a test that needs real files: name sq_temporary_folder in NEEDS.
add_library(sq_temporary_folder OBJECT ${PROJECT_SOURCE_DIR}/tests/support/temporary_folder.c)
target_include_directories(sq_temporary_folder PUBLIC ${PROJECT_SOURCE_DIR})
target_compile_definitions(sq_temporary_folder PRIVATE _GNU_SOURCE)
target_link_libraries(sq_temporary_folder PUBLIC PkgConfig::CHECK)
