// The names in an ORT model: model_file.h.
#pragma once

#include <cstdint>
#include <istream>

#include "worker/providers/sherpa/model_file.h"

namespace earshot::worker::sherpa {

bool is_ort_model(std::istream& file);
// REQUIRES: is_ort_model(). `size`: of the whole file.
Result<ModelNames> ort_names(std::istream& file, std::uint64_t size);

}  // namespace earshot::worker::sherpa
