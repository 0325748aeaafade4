// Two gateways that changed the same device's record at the same time. Pure.
#pragma once

#include <optional>

#include "gateway/store/store.h"

namespace earshot::gateway {

// What `mine` has changed since it was `base` goes into `theirs`, which may have changed elsewhere.
store::Device merged(const store::Device& base, const store::Device& mine, store::Device theirs);

// Writes `mine`, which the store held as `base` when it was last looked at (nullopt: it did not hold it), and
// leaves what another gateway has changed meanwhile. Within one job, so that nobody comes in between.
// RETURNS: what is in the store now; nullopt: another gateway has removed it, and nothing was written.
std::optional<store::Device> write_merged(store::Store& store, const std::optional<store::Device>& base,
                                          const store::Device& mine);

}  // namespace earshot::gateway
