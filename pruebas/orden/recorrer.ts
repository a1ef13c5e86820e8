import * as vuelos from 'aeroalpes-api/modulos/vuelos/index.ts'
import { type Actor, ANONIMO } from 'seedwork/aplicacion/actor.ts'
import type { Almacen } from 'seedwork/infraestructura/almacen/puerto.ts'
import type { Diario, Hace } from '../../tests/procesos/apoyo/carga.ts'
import { leerRestos, faltas as leyesRotas, type Restos } from '../../tests/procesos/apoyo/leyes.ts'
import { abrirEscenario, borrar, type Escenario, ofertas } from './escenario.ts'
import { type Modo, type Orden, prever } from './modelo.ts'

/** Más que lo que la aerolínea tarda en responder. */
const RESPUESTA_MS = 3_100
const DRENAJE_MS = 60_000

const OPERADOR: Actor = { id: 'op', rol: 'operador' }
const CAMBIOS = { aprobar: vuelos.AprobarReserva, pagar: vuelos.PagarReserva, cancelar: vuelos.CancelarReserva } as const

type Reservada = Readonly<{ id: string; orden: Orden }>

/** Lo que salió mal al recorrer unos órdenes que vencen en los mismos pasos: cada uno en su reserva, todos en un mismo sistema. */
export const recorrer = async (
  grupo: readonly Orden[],
  modo: Modo,
  romper: (almacen: Almacen) => Almacen = (almacen) => almacen,
): Promise<readonly string[]> => {
  const escenario = await abrirEscenario(modo, romper)
  try {
    const diario: Diario = []
    const reservadas = await reservar(escenario, grupo, diario)
    await dejarPasar(escenario, 1)
    const pasos = Math.max(...grupo.map(({ length }) => length))
    for (let n = 0; n < pasos; n++) await darPaso(escenario, { reservadas, n, diario })
    escenario.soltar()
    await dejarPasar(escenario, DRENAJE_MS)
    const sinSaldar = escenario.sistema.broker.atrasos().filter(({ pendientes }) => pendientes > 0)
    await escenario.cerrar()
    const restos = sinRepetidos(leerRestos(escenario.carpeta))
    return [
      ...sinSaldar.map(({ suscripcion, pendientes }) => `a ${suscripcion} le quedan ${pendientes} sin saldar`),
      ...leyesRotas(restos, diario),
      ...atascados(restos),
      ...comoSePrevio(restos, reservadas, modo),
    ]
  } finally {
    borrar(escenario)
  }
}

const dejarPasar = async ({ entorno }: Escenario, ms: number): Promise<void> => {
  await entorno.avanzar(ms)
  await entorno.reposo()
}

const anotar = (diario: Diario, hace: Hace) => {
  const intento: Diario[number] = {
    ...{ id: `i-${diario.length}`, hace, quien: null, llave: false },
    ...{ id_reserva: null, id_operacion: null, desenlace: 'ok' },
  }
  diario.push(intento)
  return intento
}

const reservar = async (escenario: Escenario, grupo: readonly Orden[], diario: Diario): Promise<readonly Reservada[]> => {
  const { sistema, entorno } = escenario
  const de = await ofertas(escenario, grupo.length)
  const contacto = { nombre: 'Ana Ríos', correo: 'ana@example.com', idioma: 'es' } as const
  return Promise.all(
    grupo.map(async (orden, n) => {
      const [intento, id] = [anotar(diario, 'crear'), entorno.ids()]
      const pasajeros = [{ nombre: intento.id, apellido: 'Ríos', tipo: 'ADULTO' as const }]
      const pedido = vuelos.leerPedido({ id_oferta: String(de[n]), pasajeros, contacto })
      const origen = { actor: ANONIMO, correlacion: intento.id, causa: intento.id }
      await sistema.almacen.ejecutar((tx) => sistema.ejecutar(tx, vuelos.CrearReserva, { id_reserva: id, ...pedido }, origen))
      intento.id_reserva = id
      return { id, orden }
    }),
  )
}

type Turno = Readonly<{ reservadas: readonly Reservada[]; n: number; diario: Diario }>

/** El paso `n` de todos. Los que vencen, vencen juntos: el tiempo es de todos. */
const darPaso = async (escenario: Escenario, { reservadas, n, diario }: Turno): Promise<void> => {
  await Promise.all(reservadas.map(({ id, orden }) => actuar(escenario, { id, paso: orden[n], diario })))
  await dejarPasar(escenario, reservadas.some(({ orden }) => orden[n] === 'vence') ? RESPUESTA_MS : 1)
}

const actuar = async (
  { sistema, entregar, ultimos }: Escenario,
  { id, paso, diario }: Readonly<{ id: string; paso: Orden[number] | undefined; diario: Diario }>,
): Promise<void> => {
  if (paso === 'entrega') entregar(id)
  else if (paso === 'repite') await sistema.almacen.ejecutar((tx) => sistema.broker.publicar(tx, ultimos(id)))
  else if (paso !== undefined && paso !== 'vence') {
    const intento = anotar(diario, paso)
    const origen = { actor: paso === 'aprobar' ? OPERADOR : ANONIMO, correlacion: intento.id, causa: intento.id }
    const datos = { id_reserva: id, motivo: intento.id }
    const pedido = { sujeto: id, propietario: '', origen }
    intento.id_operacion = await sistema.almacen.ejecutar((tx) => sistema.solicitar(tx, CAMBIOS[paso], datos, pedido))
    intento.id_reserva = id
  }
}

/** Lo que se publicó dos veces a propósito cuenta una. */
const sinRepetidos = (restos: Restos): Restos => {
  const porId = new Map(restos.log.toReversed().map((mensaje) => [`${mensaje.topico} ${mensaje.id}`, mensaje]))
  return { ...restos, log: [...porId.values()].toReversed() }
}

/** Ninguna reserva de oferta se queda esperando a la aerolínea. */
const atascados = ({ reservas }: Restos): readonly string[] =>
  reservas.filter(({ estado }) => estado === 'PENDIENTE').map(({ id }) => `${id} se quedó PENDIENTE`)

/** El modelo y el código dicen lo mismo de cada reserva: los mismos eventos y los mismos comandos. */
const comoSePrevio = ({ log }: Restos, reservadas: readonly Reservada[], modo: Modo): readonly string[] => {
  const suyos = Map.groupBy(log, ({ llave }) => llave)
  return reservadas.flatMap(({ id, orden }) => {
    const { eventos, pedidos } = prever(orden, modo)
    const de = (topico: string) => (suyos.get(id) ?? []).filter((mensaje) => mensaje.topico === topico).map(({ tipo }) => tipo)
    const [ocurridos, comandos] = [de('eventos-reserva'), de('comandos-reserva')]
    return ocurridos.join() === eventos.join() && comandos.length === pedidos
      ? []
      : [`«${orden.join(' ')}» (${modo}): ${ocurridos} con ${comandos.length} comandos; se preveía ${eventos} con ${pedidos}`]
  })
}
