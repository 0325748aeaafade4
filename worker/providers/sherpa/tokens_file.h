// A model's table of tokens: a symbol and its number on each line; a number alone is that of the space.
#pragma once

#include <string>

#include "common/base/result.h"

namespace earshot::worker::sherpa {

// sherpa-onnx ends the process on a line of another form, so it is not given one.
// kInvalid: names the first such line; or there is no token at all. The message does not name the file.
Status check_tokens_file(const std::string& path);

}  // namespace earshot::worker::sherpa
