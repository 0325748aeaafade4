// What the database's triggers tell (migrations.cc), as a change. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "gateway/store/store_proxy.h"

namespace earshot::store::postgres {

// `payload`: "GATEWAY TABLE KEY". Whoever may write to the database can send anything.
// RETURNS: nullopt for our own change (of the gateway named `own`), and for what is none.
std::optional<StoreChange> change_of(std::string_view payload, std::string_view own);

}  // namespace earshot::store::postgres
