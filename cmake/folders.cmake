# sq_folder(base SOURCES a.c b.c NEEDS sq_x PkgConfig::Y): one folder of the house as a static library sq_base.
# Headers are included as "folder/file.h".
function(sq_folder name)
    cmake_parse_arguments(ARG "" "" "SOURCES;NEEDS" ${ARGN})
    add_library(sq_${name} STATIC ${ARG_SOURCES})
    target_include_directories(sq_${name} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(sq_${name} PUBLIC ${ARG_NEEDS})
endfunction()

# sq_test(queue FOLDER unit NEEDS sq_base): tests/<FOLDER>/test_queue.c as one Check program and one ctest entry.
function(sq_test name)
    cmake_parse_arguments(ARG "" "FOLDER" "NEEDS;SOURCES;LABELS" ${ARGN})
    add_executable(test_${name} ${PROJECT_SOURCE_DIR}/tests/${ARG_FOLDER}/test_${name}.c ${ARG_SOURCES})
    target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR})
    target_link_libraries(test_${name} PRIVATE ${ARG_NEEDS} PkgConfig::CHECK)
    add_test(NAME ${ARG_FOLDER}/${name} COMMAND test_${name})
    set_tests_properties(${ARG_FOLDER}/${name} PROPERTIES LABELS "${ARG_FOLDER};${ARG_LABELS}" TIMEOUT 300)
endfunction()
