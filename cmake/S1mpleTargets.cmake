# One INTERFACE target carries what every translation unit of ours is compiled with, and two functions
# declare the rooms and their tests. Sources are listed by hand: a glob hides files that nothing builds.

add_library(s1mple_flags INTERFACE)
target_compile_features(s1mple_flags INTERFACE cxx_std_20)
target_include_directories(s1mple_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(s1mple_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Werror=switch -Werror=return-type -Werror=unused-result
  $<$<BOOL:${S1MPLE_WERROR}>:-Werror>)
if(S1MPLE_SANITIZE)
  target_compile_options(s1mple_flags INTERFACE
    -fsanitize=${S1MPLE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(s1mple_flags INTERFACE -fsanitize=${S1MPLE_SANITIZE})
endif()
if(S1MPLE_HARDEN)
  target_compile_options(s1mple_flags INTERFACE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE)
  target_link_options(s1mple_flags INTERFACE -pie -Wl,-z,relro,-z,now)
endif()

# s1mple_precompiled(common HEADERS <string>): what the files of the current directory and below are
# compiled with, read once. A family belongs to its directory, because a precompiled header fits only files that are
# compiled with the same options. Nothing may need it: with S1MPLE_PRECOMPILED=OFF (the lint's tree) all compiles alike.
function(s1mple_precompiled family)
  set(S1MPLE_FAMILY "" PARENT_SCOPE)
  if(NOT S1MPLE_PRECOMPILED)
    return()
  endif()
  cmake_parse_arguments(A "" "" "HEADERS" ${ARGN})
  file(CONFIGURE OUTPUT precompiled_${family}.cc CONTENT "" @ONLY)
  add_library(precompiled_${family} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/precompiled_${family}.cc)
  target_link_libraries(precompiled_${family} PRIVATE s1mple_flags fmt::fmt-header-only)
  target_precompile_headers(precompiled_${family} PRIVATE ${S1MPLE_STANDARD_HEADERS} ${A_HEADERS})
  set(S1MPLE_FAMILY precompiled_${family} PARENT_SCOPE)
endfunction()

function(s1mple_use_precompiled target)
  if(S1MPLE_FAMILY)
    target_precompile_headers(${target} REUSE_FROM ${S1MPLE_FAMILY})
  endif()
endfunction()

# s1mple_room(common_base SOURCES a.cc b.cc LIBS fmt::fmt): a static library of one room.
function(s1mple_room name)
  cmake_parse_arguments(A "" "" "SOURCES;LIBS" ${ARGN})
  add_library(${name} STATIC ${A_SOURCES})
  target_link_libraries(${name} PUBLIC s1mple_flags ${A_LIBS})
  s1mple_use_precompiled(${name})
  set_property(GLOBAL APPEND PROPERTY S1MPLE_ROOMS ${name})
endfunction()

# In a tree with sanitizers names and labels of tests carry the tree's name (label asan_unit), so that one ctest over
# several trees tells them apart.
set(S1MPLE_TREE "")
if(S1MPLE_SANITIZE MATCHES fuzzer)
  set(S1MPLE_TREE fuzz)
elseif(S1MPLE_SANITIZE MATCHES address)
  set(S1MPLE_TREE asan)
elseif(S1MPLE_SANITIZE)
  set(S1MPLE_TREE tsan)
endif()

# Each label is also a target that builds its tests: tests_unit, tests_scenario, ...
foreach(label unit tidy scenario sim e2e fuzz bench systemd)
  add_custom_target(tests_${label})
endforeach()

# s1mple_test(decimal_test unit SOURCES decimal_test.cc LIBS common_base): one Catch2 program, found test by test.
# Labels: unit (seconds), tidy, scenario, sim, e2e, fuzz, bench, systemd.
function(s1mple_test name label)
  cmake_parse_arguments(A "" "" "SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${A_SOURCES})
  target_link_libraries(${name} PRIVATE s1mple_flags Catch2::Catch2WithMain ${A_LIBS})
  s1mple_use_precompiled(${name})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  add_dependencies(tests_${label} ${name})
  set(prefix "")
  if(S1MPLE_TREE)
    set(label ${S1MPLE_TREE}_${label})
    set(prefix TEST_PREFIX ${S1MPLE_TREE}:)
  endif()
  catch_discover_tests(${name} ${prefix} PROPERTIES LABELS ${label} DISCOVERY_TIMEOUT 300)
endfunction()
