# Link-time optimisation of the hot path (gcc only): the loop, the engine and the provider call each
# other some forty times a simulated call, and most of these functions are shorter than a call. Worth
# a third of the speed of virtual runs; see bench/.
#
# Objects stay complete ("fat"), so that nm sees what the gates look for and tests link without it.
option(SQ_LINK_TIME "Optimise the program at link time (gcc)" OFF)
set(SQ_LINK_TIME_FOLDERS base policies mockprovider sim)

if(NOT SQ_LINK_TIME OR NOT CMAKE_C_COMPILER_ID STREQUAL "GNU")
    return()
endif()
foreach(folder IN LISTS SQ_LINK_TIME_FOLDERS)
    target_compile_options(sq_${folder} PRIVATE -flto=auto -ffat-lto-objects)
endforeach()

# Structs of some hundred bytes are cleared by a few wide stores: gcc's own choice, `rep stos`, takes
# as long to begin as these take in all.
set(SQ_LINK_TIME_OPTIONS -flto=auto)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
    list(APPEND SQ_LINK_TIME_OPTIONS -mmemset-strategy=vector_loop:512:noalign,libcall:-1:noalign)
endif()
foreach(program IN ITEMS squall squall_bench)
    if(TARGET ${program})
        target_link_options(${program} PRIVATE ${SQ_LINK_TIME_OPTIONS})
    endif()
endforeach()
