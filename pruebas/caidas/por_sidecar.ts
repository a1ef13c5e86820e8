import { setTimeout as momento } from 'node:timers/promises'
import { credentials } from '@grpc/grpc-js'
import { VuelosClient } from 'sidecar/gen/vuelos.ts'
import { llamar, metadatos } from 'sidecar/llamar.ts'
import { enMensaje } from '../../tests/apoyo/sidecar.ts'
import { type Contexto, type Intento, pedidoDe } from '../../tests/procesos/apoyo/carga.ts'

const ENTRE_PEDIDOS_MS = 60
const PLAZO_MS = 10_000

/** Pide reservas por el sidecar, de una en una, mientras haga falta. Si responde con un error no se sabe si se hizo. */
export const pedirSinParar = async (contexto: Contexto, { direccion, sigue }: Sidecar): Promise<void> => {
  for (; sigue(); await momento(ENTRE_PEDIDOS_MS)) {
    const cliente = new VuelosClient(direccion(), credentials.createInsecure())
    await pedir(contexto, cliente).finally(() => cliente.close())
  }
}

type Sidecar = Readonly<{ direccion: () => string; sigue: () => boolean }>

const pedir = async ({ diario, anotar }: Contexto, cliente: VuelosClient): Promise<void> => {
  const intento: Intento = {
    id: `i-${diario.length}`,
    hace: 'pedir',
    quien: null,
    llave: false,
    id_reserva: null,
    id_operacion: null,
    desenlace: 'pendiente',
  }
  diario.push(intento)
  anotar?.(intento)
  const mensaje = enMensaje(pedidoDe(intento.id), { pasajeros: [{ nombre: intento.id, tipo: 'ADULTO', clase: 'ECONOMICA' }] as never })
  await llamar(cliente, 'crearReservaComando', mensaje, {
    metadata: metadatos({ 'x-correlation-id': intento.id }),
    deadline: Date.now() + PLAZO_MS,
  }).then(
    ({ id, id_reserva }) => Object.assign(intento, { desenlace: 'ok', id_operacion: id, id_reserva }),
    () => Object.assign(intento, { desenlace: 'desconocido' }),
  )
  anotar?.(intento)
}
