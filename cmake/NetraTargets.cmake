# netra_library(NAME SOURCES… [LINK …]): one static library of our own code.
function(netra_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE netra_flags PUBLIC ${ARG_LINK})
endfunction()

# netra_program(NAME SOURCES… LINK …): one executable under bin/.
function(netra_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE netra_flags ${ARG_LINK})
endfunction()

# netra_unit_test(NAME SOURCES… LINK …): a cmocka program, run by ctest under its own name.
function(netra_unit_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE netra_flags ${ARG_LINK} PkgConfig::CMOCKA)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 120)
endfunction()
