"""Change of the product on request of the PLC, with an answer that it can read."""

from dataclasses import dataclass

from okng.connect.plc.signals import Offline


@dataclass(slots=True)
class ProductChange:
    """The product that is inspected, as the PLC requests it.

    Attributes:
        products: how many there are in the list; 0 where the PLC changes none.
        index: from 1 in the list; 0 is the product of the station.
        acknowledged: the request is answered.
        refused: the last one was not in the list.
    """

    products: int
    index: int = 0
    acknowledged: bool = False
    refused: bool = False

    def request(self, level: bool, index: int) -> None:
        """Follow `change_request`; `index` counts at its rise."""
        if not level:
            self.acknowledged = False
        elif not self.acknowledged:
            self.acknowledged = True
            self.refused = not 1 <= index <= self.products
            self.index = 0 if self.refused else index

    @property
    def reason(self) -> Offline:
        """Why parts cannot be inspected: there is no product, or another than the PLC expects."""
        if self.refused:
            return Offline.PRODUCT_REFUSED
        return Offline.NO_PRODUCT if self.products and not self.index else Offline.ONLINE
