// El cliente de demostración: reserva, consulta y observa. node herramientas/arranque.mjs ejecutar src/sidecar/cliente.ts [host:puerto]
import { credentials } from '@grpc/grpc-js'
import { type Operacion, type Reserva, VuelosClient } from './gen/vuelos.ts'
import { llamar } from './llamar.ts'
import { deTexto } from './vuelos/fechas.ts'

/** El pedido del tutorial: de Bogotá a Nueva York. */
const PEDIDO: Reserva = {
  itinerarios: [
    {
      odos: [
        {
          segmentos: [
            {
              legs: [
                {
                  fecha_salida: deTexto('2022-11-22T13:10:00Z'),
                  fecha_llegada: deTexto('2022-11-22T15:10:00Z'),
                  origen: { codigo: 'BOG', nombre: 'El Dorado' },
                  destino: { codigo: 'JFK', nombre: 'John F. Kennedy' },
                },
              ],
            },
          ],
        },
      ],
    },
  ],
  estado: 'ESTADO_RESERVA_DESCONOCIDO',
  pasajeros: [],
}

const [direccion = 'localhost:50051'] = process.argv.slice(2)
const cliente = new VuelosClient(direccion, credentials.createInsecure())
try {
  const creada = await llamar(cliente, 'crearReserva', PEDIDO)
  const id = creada.reserva?.id ?? ''
  console.log(`Creada: ${creada.mensaje}, ${id}`)
  const { reserva } = await llamar(cliente, 'consultarReserva', { id })
  console.log(`Consultada: ${reserva?.estado}, ${reserva?.itinerarios.length} itinerario`)
  const { id: operacion } = await llamar(cliente, 'aprobarReserva', { id })
  for await (const vista of cliente.observarOperacion({ id: operacion }) as AsyncIterable<Operacion>)
    console.log(`Aprobar: ${vista.estado} ${vista.eventos.join(', ')}`.trimEnd())
} finally {
  cliente.close()
}
