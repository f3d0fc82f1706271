// core/places: where the program that runs lies, and the project that it belongs to. Nothing is compiled in:
// a copy of the project with its build folder is a project of its own. Thread-safe.
#pragma once

#include <filesystem>

namespace rootseal::core {

// The folder of the program that runs; the other programs of rootseal lie beside it.
std::filesystem::path programs_folder();

// The project: compose/, scenarios/attacks, scripts/. It is the nearest folder above the program that has
// them; the variable ROOTSEAL_HOME names another. Throws HarnessError when there is none.
std::filesystem::path project_folder();

// The nearest folder above `start`, or `start` itself, that looks like the project. Throws HarnessError.
std::filesystem::path project_above(const std::filesystem::path& start);

}  // namespace rootseal::core
