"""Los programas del tutorial: leen y escriben con el record de un solo campo, como sus clases lo declaran.

    tutorial.py leer     <pulsar://…> <tópico> <cuántos>       una línea JSON por mensaje; «listo» cuando ya está suscrito
    tutorial.py escribir <pulsar://…> <tópico> <id_reserva>…
"""
import json
import sys

import pulsar
from pulsar.schema import AvroSchema, Long, Record, String


class ReservaCreadaPayload(Record):
    id_reserva = String()
    id_cliente = String()
    estado = String()
    fecha_creacion = Long()


class EventoReservaCreada(Record):
    data = ReservaCreadaPayload()


ESQUEMA = AvroSchema(EventoReservaCreada)


def leer(cliente, topico, cuantos):
    consumidor = cliente.subscribe(
        topico,
        subscription_name='tutorial',
        consumer_type=pulsar.ConsumerType.Shared,
        initial_position=pulsar.InitialPosition.Earliest,
        schema=ESQUEMA,
    )
    print('listo', flush=True)
    for _ in range(int(cuantos)):
        mensaje = consumidor.receive(timeout_millis=30000)
        data = mensaje.value().data
        print(json.dumps({campo: getattr(data, campo) for campo in ('id_reserva', 'id_cliente', 'estado', 'fecha_creacion')}), flush=True)
        consumidor.acknowledge(mensaje)


def escribir(cliente, topico, *ids):
    productor = cliente.create_producer(topico, schema=ESQUEMA)
    for id_reserva in ids:
        data = ReservaCreadaPayload(id_reserva=id_reserva, id_cliente='None', estado='PENDIENTE', fecha_creacion=1669122600000)
        productor.send(EventoReservaCreada(data=data))


if __name__ == '__main__':
    accion, direccion, topico, *resto = sys.argv[1:]
    cliente = pulsar.Client(direccion, logger=pulsar.ConsoleLogger(pulsar.LoggerLevel.Error))
    {'leer': leer, 'escribir': escribir}[accion](cliente, topico, *resto)
    cliente.close()
