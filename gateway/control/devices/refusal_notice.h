// What a device shows when it is thrown out, in its own language. It obeys an alert in every state, and asks
// OTA at its next boot only, so that is what it is told to do. Pure.
#pragma once

#include <string_view>

#include "common/auth/client_terms.h"
#include "gateway/store/records.h"

namespace earshot::gateway {

// `known` null for a device without a record; `language` as auth::language_of() gives it: one that is not
// known is told in English.
// REQUIRES: a verdict that is not kAdmitted.
std::string_view refusal_notice(auth::AdmissionVerdict why, const store::Device* known,
                                std::string_view language);

}  // namespace earshot::gateway
