# What `make install` puts into PREFIX: the program, and the engine as a library of its own:
# lib/libsquall.a, include/squall/<folder>/<file>.h, squall.pc. The library holds policies/ and base/,
# nothing of the simulation and no foreign library.
include(GNUInstallDirs)

# Compiled apart from the program's own objects, which may hold more than other linkers take.
add_library(squall_engine STATIC)
set_target_properties(squall_engine PROPERTIES OUTPUT_NAME squall)
target_include_directories(squall_engine PRIVATE ${PROJECT_SOURCE_DIR})
foreach(folder IN ITEMS policies base)
    get_target_property(sources sq_${folder} SOURCES)
    foreach(source IN LISTS sources)
        cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${PROJECT_SOURCE_DIR}/${folder})
        target_sources(squall_engine PRIVATE ${source})
    endforeach()
endforeach()

# Adds to the list named by `result` the header and all headers of ours it includes.
function(sq_closure result header)
    list(FIND ${result} ${header} known)
    if(known EQUAL -1)
        list(APPEND ${result} ${header})
        file(STRINGS ${PROJECT_SOURCE_DIR}/${header} lines REGEX "^#include \"[^\"]+\"")
        foreach(line IN LISTS lines)
            string(REGEX REPLACE "^#include \"([^\"]+)\".*" "\\1" included "${line}")
            sq_closure(${result} ${included})
        endforeach()
    endif()
    set(${result} ${${result}} PARENT_SCOPE)
endfunction()

# digest.h: names of a vendor's error codes become keys of settings and readings.
set(SQ_PUBLIC_HEADERS "")
foreach(header IN ITEMS policies/engine.h base/digest.h)
    sq_closure(SQ_PUBLIC_HEADERS ${header})
endforeach()
foreach(header IN LISTS SQ_PUBLIC_HEADERS)
    cmake_path(GET header PARENT_PATH folder)
    install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/squall/${folder})
endforeach()

# Found from where squall.pc lies, so that the prefix may be chosen, or moved, after the build.
set(pc_folder ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH SQ_PC_LIBDIR /p/${pc_folder} /p/${CMAKE_INSTALL_LIBDIR})
file(RELATIVE_PATH SQ_PC_INCLUDEDIR /p/${pc_folder} /p/${CMAKE_INSTALL_INCLUDEDIR}/squall)
configure_file(${CMAKE_CURRENT_LIST_DIR}/squall.pc.in ${PROJECT_BINARY_DIR}/squall.pc @ONLY)

install(TARGETS squall squall_engine
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES ${PROJECT_BINARY_DIR}/squall.pc DESTINATION ${pc_folder})
