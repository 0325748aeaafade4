#include "gateway/app/shared_changes.h"

#include "gateway/control/devices/bootstrap.h"

namespace earshot::gateway {

void SharedChanges::take(const store::StoreChange& change) const {
  using What = store::StoreChange::What;
  switch (change.what) {
    case What::kEverything:
      for (const auto* all : {&devices, &accounts, &operators, &agents, &firmware, &codes}) (*all)();
      return;
    case What::kDevice:
      if (const auto id = DeviceId::parse(change.key)) device(*id);
      return;
    case What::kAccounts:
      return accounts();
    case What::kOperators:
      return operators();
    case What::kAgents:
      return agents();
    case What::kFirmware:
      return firmware();
    case What::kSetting:
      if (change.key == Bootstrap::kSettingKey) codes();
      return;
    case What::kNotebook:
      if (const auto id = DeviceId::parse(change.key)) notebook_removed(*id);
      return;
  }
}

}  // namespace earshot::gateway
