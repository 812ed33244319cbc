# What every file is compiled with. Warnings become errors in the presets (SQ_WERROR).
option(SQ_WERROR "Treat warnings as errors" OFF)
option(SQ_SANITIZE "AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(SQ_FUZZ "Count edges for libFuzzer (clang); see tests/fuzz" OFF)

add_compile_options(
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes
    -Wmissing-prototypes -Wold-style-definition -Wformat=2 -Wundef -Wvla -Wswitch-enum
    -Wwrite-strings -Wimplicit-fallthrough
    -ffp-contract=off -fno-strict-aliasing
    -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
if(SQ_WERROR)
    add_compile_options(-Werror)
endif()
if(SQ_SANITIZE)
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()
if(SQ_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Asserts stay on in release: NDEBUG is never defined.
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELEASE "${CMAKE_C_FLAGS_RELEASE}")
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELWITHDEBINFO "${CMAKE_C_FLAGS_RELWITHDEBINFO}")
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_MINSIZEREL "${CMAKE_C_FLAGS_MINSIZEREL}")

# ccache when it is there; a launcher given on the command line wins.
find_program(SQ_CCACHE ccache)
mark_as_advanced(SQ_CCACHE)
if(SQ_CCACHE AND NOT CMAKE_C_COMPILER_LAUNCHER AND NOT CMAKE_C_COMPILER MATCHES "ccache")
    set(CMAKE_C_COMPILER_LAUNCHER ${SQ_CCACHE})
endif()
