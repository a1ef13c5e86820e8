"""Un cliente como los del tutorial: su código sale de vuelos.proto, junto a este archivo, con grpcio-tools."""

import pathlib
import sys
import tempfile

import grpc
import grpc_tools
from google.protobuf.timestamp_pb2 import Timestamp
from grpc_tools import protoc

AQUI = pathlib.Path(__file__).parent
BIEN_CONOCIDOS = pathlib.Path(grpc_tools.__file__).parent / "_proto"


def leg(vuelos_pb2):
    salida, llegada = Timestamp(), Timestamp()
    salida.FromJsonString("2022-11-22T13:10:00Z")
    llegada.FromJsonString("2022-11-22T15:10:00Z")
    return vuelos_pb2.Leg(
        fecha_salida=salida,
        fecha_llegada=llegada,
        origen=vuelos_pb2.Locacion(codigo="BOG", nombre="El Dorado"),
        destino=vuelos_pb2.Locacion(codigo="JFK", nombre="John F. Kennedy"),
    )


def correr(direccion, vuelos_pb2, vuelos_pb2_grpc):
    odo = vuelos_pb2.Odo(segmentos=[vuelos_pb2.Segmento(legs=[leg(vuelos_pb2)])])
    pedido = vuelos_pb2.Reserva(itinerarios=[vuelos_pb2.Itinerario(odos=[odo])])
    with grpc.insecure_channel(direccion) as canal:
        vuelos = vuelos_pb2_grpc.VuelosStub(canal)
        creada = vuelos.CrearReserva(pedido, timeout=10)
        print(creada.mensaje, creada.reserva.id)
        assert creada.reserva.itinerarios[0].odos[0].segmentos[0].legs[0].fecha_llegada == leg(vuelos_pb2).fecha_llegada
        consultada = vuelos.ConsultarReserva(vuelos_pb2.QueryReserva(id=creada.reserva.id), timeout=10)
        print(consultada.mensaje, "la misma" if consultada.reserva == creada.reserva else "otra")
        try:
            vuelos.CrearReserva(vuelos_pb2.Reserva(), timeout=10)
        except grpc.RpcError as error:
            print(error.code().name)


with tempfile.TemporaryDirectory() as carpeta:
    generar = ["protoc", f"-I{AQUI}", f"-I{BIEN_CONOCIDOS}", f"--python_out={carpeta}", f"--grpc_python_out={carpeta}", "vuelos.proto"]
    if protoc.main(generar) != 0:
        sys.exit("grpcio-tools no pudo compilar el contrato.")
    sys.path.insert(0, carpeta)
    import vuelos_pb2
    import vuelos_pb2_grpc

    correr(sys.argv[1], vuelos_pb2, vuelos_pb2_grpc)
