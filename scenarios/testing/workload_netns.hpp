// testing/workload_netns: open connections from inside a container's network namespace, over its own
// loopback, so that neither the engine's port proxy nor its bridge is part of what is measured. A socket
// stays in the namespace in which it was made and can be used from any thread. Needs root on the engine's
// host. Thread-safe.
#pragma once

#include <functional>
#include <string>

namespace rootseal::workload {

// Runs `work` on a short-lived thread inside the network namespace of process `pid`, and waits for it. What
// `work` throws comes out here. Throws HarnessError(subject) when the namespace cannot be entered; `work` has
// not run then.
void in_network_of(int pid, const std::string& subject, const std::function<void()>& work);

// Empty when in_network_of() can work for that process; else why not, for the record. `container` is the id
// of the container that the process must belong to: where the engine runs on another host, its pids mean
// nothing here.
std::string why_no_network_of(int pid, const std::string& container);

}  // namespace rootseal::workload
