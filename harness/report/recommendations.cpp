#include "report/recommendations.hpp"

namespace rootseal::report {

std::string how_to_read_tasks() {
  return "Each was done on a running server as it stands here. Names in capitals stand for yours: SERVER is "
         "the "
         "server's container, SERVICE its name in the Compose file, IMAGE its image, NETWORK and VOLUME what "
         "Compose made for it (docker inspect "
         "SERVER "
         "names them), PROFILE.yaml the file of the profile.";
}

std::string how_to_use_recommendations() {
  return "For each server first what to paste, a block for each file, of every candidate that passed, the "
         "smallest change first. Then the whole files as they were tried, and single lines with the evidence "
         "for each, from the candidate that claims most. What is marked as tried in this run was part of "
         "that "
         "stack or was done to it; the rest follows from what was seen, and was not tried as it stands. "
         "Commands are those of version 2 of Compose (`docker compose`); with version 1 it is "
         "`docker-compose`.";
}

std::string tried(const verdict::Recommendation& each) {
  return each.tried ? "tried in this run" : "follows from it, not tried";
}

}  // namespace rootseal::report
