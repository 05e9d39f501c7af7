import gzip

import numpy as np
from networks import drawn_network, drawn_rows, with_dead

from riskmodel.networks import network_report


def test_counts_are_those_of_a_network_counted_by_hand():
    network = drawn_network()  # inputs 2 * 3 + 2, hidden 7 and 5, 3 members
    report = network_report(network, drawn_rows(50))
    first, second, head = report.layers
    assert [layer.name for layer in report.layers] == ["layer 1", "layer 2", "head"]
    assert (first.parameters, second.parameters, head.parameters) == (7 * 8 + 7, 5 * 7 + 5, 3 * 5 + 3)
    assert (first.work, second.work, head.work) == (3 * 7 * 8, 3 * 5 * 7, 3 * 5)
    assert report.work == sum(layer.work for layer in report.layers) + network.slope.size
    assert report.connections == 7 * 8 + 5 * 7 + 3 * 5
    assert report.parameters == report.nonzeros == network.parameters
    assert (report.neurons, report.members) == (12, 3)


def test_activity_is_the_share_of_rows_and_members_above_zero():
    network, rows = with_dead(drawn_network(), 0, 4), drawn_rows(50)
    report = network_report(network, rows)
    for layer, hidden in zip(report.layers, network.hidden(rows), strict=False):
        np.testing.assert_allclose(layer.activity, (hidden > 0).reshape(-1, hidden.shape[2]).mean(axis=0))
    assert report.layers[0].activity[4] == 0
    assert report.dead == sum(int((hidden == 0).all(axis=(0, 1)).sum()) for hidden in network.hidden(rows)) >= 1
    assert network_report(network).dead == 0


def test_zeros_count_in_bytes_only_once_packed():
    network = drawn_network(hidden=(60, 50))
    sparse = network.with_matrices([np.where(np.abs(m) < 0.08, 0, m).astype(np.float32) for m in network.matrices])
    before, after = network_report(network), network_report(sparse)
    assert after.bytes_plain == before.bytes_plain
    assert after.bytes_gzip < before.bytes_gzip
    assert after.connections < before.connections
    assert after.parameters == before.parameters
    content = b"".join(values.tobytes() for values in sparse.arrays.values())
    assert after.bytes_gzip == len(gzip.compress(content, mtime=0))
