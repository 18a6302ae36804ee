#pragma once

/// What a program outside may call: visible in the shared library, where everything else is hidden.
#define MELVIT_API __attribute__((visibility("default")))
