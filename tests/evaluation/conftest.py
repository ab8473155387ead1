"""Networks as small as those of the tests are slower on several threads than on one."""

import pytest
import torch


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    torch.set_num_threads(1)
