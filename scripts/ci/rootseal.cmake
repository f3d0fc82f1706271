# How this project declares things: one function for a library with its tests, one for a folder that registers itself.
include(GoogleTest)

add_library(rootseal_options INTERFACE)
target_include_directories(rootseal_options INTERFACE ${PROJECT_SOURCE_DIR}/harness ${PROJECT_SOURCE_DIR}/scenarios)
target_compile_options(rootseal_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast)
# GCC 12 sees uninitialised members in nlohmann's iterators once it optimises; they are not.
target_compile_options(rootseal_options INTERFACE $<$<AND:$<CXX_COMPILER_ID:GNU>,$<NOT:$<CONFIG:Debug>>>:-Wno-maybe-uninitialized>)
if(ROOTSEAL_WERROR)
  target_compile_options(rootseal_options INTERFACE -Werror)
endif()
if(ROOTSEAL_SANITIZE)
  target_compile_options(rootseal_options INTERFACE -fsanitize=${ROOTSEAL_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(rootseal_options INTERFACE -fsanitize=${ROOTSEAL_SANITIZE})
endif()
target_compile_definitions(rootseal_options INTERFACE SPDLOG_COMPILED_LIB SPDLOG_FMT_EXTERNAL)
# No path of this checkout gets into an object, so that ccache finds it again for another clone (scripts/build.sh).
target_compile_options(rootseal_options INTERFACE -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)

# rootseal_optimise(LEVEL target...): code whose speed nobody measures gets -O<LEVEL> in place of -O2, because the
# optimiser is half of the time that a build takes.
function(rootseal_optimise level)
  foreach(target IN LISTS ARGN)
    target_compile_options(${target} PRIVATE $<$<CONFIG:RelWithDebInfo>:-O${level}>)
  endforeach()
endfunction()

# rootseal_library(core [MEASURED] DEPS ... LINK ...): every .cpp beside the CMakeLists.txt, unit tests (*_test.cpp) in one
# program `unit_<name>` with the ctest label "unit", which must not need an engine. MEASURED: it runs in the program whose
# own speed counts when workloads are measured.
function(rootseal_library name)
  cmake_parse_arguments(ARG "MEASURED" "" "DEPS;LINK;TEST_LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp *.hpp)
  file(GLOB tests CONFIGURE_DEPENDS *_test.cpp)
  list(FILTER sources EXCLUDE REGEX "_(test|main)\\.cpp$")
  set(target rootseal_${name})
  add_library(${target} STATIC ${sources})
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX)
  if(NOT ARG_MEASURED)
    rootseal_optimise(1 ${target})
  endif()
  list(TRANSFORM ARG_DEPS PREPEND rootseal_)
  target_link_libraries(${target} PUBLIC rootseal_options ${ARG_DEPS} ${ARG_LINK})
  if(tests)
    rootseal_unit_tests(${name} ${target} ${ARG_TEST_LINK})
  endif()
endfunction()

function(rootseal_unit_tests name)
  file(GLOB tests CONFIGURE_DEPENDS *_test.cpp)
  add_executable(unit_${name} ${tests})
  rootseal_optimise(0 unit_${name})
  target_link_libraries(unit_${name} PRIVATE ${ARGN} GTest::gmock GTest::gtest_main)
  gtest_discover_tests(unit_${name} NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60 PROPERTIES LABELS unit TIMEOUT 60)
endfunction()

# rootseal_registered(name LINK ...): a folder whose objects register themselves. An OBJECT library, because the linker
# drops self-registering objects out of a static one.
function(rootseal_registered name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp *.hpp)
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  add_library(rootseal_${name} OBJECT ${sources})
  set_target_properties(rootseal_${name} PROPERTIES LINKER_LANGUAGE CXX)
  target_link_libraries(rootseal_${name} PUBLIC rootseal_options ${ARG_LINK})
  file(GLOB tests CONFIGURE_DEPENDS *_test.cpp)
  if(tests)
    rootseal_unit_tests(${name} rootseal_${name})  # linked directly, an OBJECT library brings its objects
  endif()
endfunction()

# rootseal_subfolders(out): the folders here that hold a CMakeLists.txt; a new one needs no edit.
function(rootseal_subfolders out)
  file(GLOB lists CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*/CMakeLists.txt)
  set(found)
  foreach(list_file IN LISTS lists)
    get_filename_component(folder ${list_file} DIRECTORY)
    get_filename_component(folder ${folder} NAME)
    list(APPEND found ${folder})
  endforeach()
  set(${out} ${found} PARENT_SCOPE)
endfunction()
