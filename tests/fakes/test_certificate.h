// A self-signed certificate and its key, made anew.
#pragma once

#include <string>

namespace earshot::fakes {

struct TestCertificate {
  std::string certificate;  // PEM
  std::string key;          // PEM
};

TestCertificate make_certificate(const std::string& common_name);

}  // namespace earshot::fakes
