"""An OPC UA server after OPC 40100-1 (Machine Vision): the station as a vision system."""
