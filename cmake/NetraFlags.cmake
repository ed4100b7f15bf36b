# Flags for our own code. Generated code (proto/) takes none of them.
add_library(netra_flags INTERFACE)
target_compile_definitions(netra_flags INTERFACE _GNU_SOURCE)
target_include_directories(netra_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(netra_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wcast-qual -Wstrict-prototypes
  -Wmissing-prototypes -Wundef -Wformat=2 -Wvla -Wnull-dereference -Wimplicit-fallthrough
  -Wdouble-promotion -Wenum-conversion)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  target_compile_options(netra_flags INTERFACE
    -Wduplicated-cond -Wduplicated-branches -Wlogical-op)
else()
  target_compile_options(netra_flags INTERFACE -Wassign-enum -Wcomma -Wunreachable-code)
endif()
if(NETRA_WERROR)
  target_compile_options(netra_flags INTERFACE -Werror)
endif()
if(NETRA_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
if(NETRA_FAULT_POINTS)
  target_compile_definitions(netra_flags INTERFACE NETRA_FAULT_POINTS=1)
endif()
if(NETRA_ANALYZE)
  target_compile_options(netra_flags INTERFACE -fanalyzer)
endif()
if(NETRA_TIDY)
  set(CMAKE_C_CLANG_TIDY clang-tidy --quiet --warnings-as-errors=*)
endif()
if(NETRA_HARDEN)
  add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE
                      -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  add_link_options(-pie -Wl,-z,relro,-z,now,-z,noexecstack)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
endif()
