#include "gateway/doors/console/console_assets.h"

namespace earshot::gateway::console {

extern "C" {
extern const Asset earshot_console_assets[];
extern const Asset earshot_console_assets_end[];
}

std::span<const Asset> assets() {
  return {earshot_console_assets, earshot_console_assets_end};
}

}  // namespace earshot::gateway::console
