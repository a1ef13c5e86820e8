import { leerObjeto } from 'seedwork/infraestructura/broker/embebido/ws/tramas.ts'
import type { Azar } from 'seedwork/infraestructura/puertos.ts'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { atacarEnchufe } from './enchufe.ts'
import { type Atiende, type Reglas, SIN_CIERRE, seEspera } from './oraculo.ts'
import { escribir, guion, OPCODE } from './tramas.ts'

/** Un lugar al que se conecta, y las reglas con que cierra. Las reglas son nuevas para cada enchufe: llevan cuenta. */
export type Blanco = Readonly<{ nombre: string; puerto: number; camino: string; reglas: () => Reglas }>
export type Ataque = Readonly<{ tramas: number; enchufes: number; codigos: ReadonlyMap<number, number>; faltas: readonly string[] }>

const EN_VUELO = 24
const FALTAS_MAXIMAS = 20
const SESENTA_Y_CUATRO_KB = 65_536
const MENSAJES_POR_MINUTO = 100

/** La interfaz: cuenta lo que entra y lo ignora. */
const deInterfaz = (): Reglas => {
  let cuantos = 0
  return { maximo: SESENTA_Y_CUATRO_KB, atiende: () => (++cuantos > MENSAJES_POR_MINUTO ? [1008] : undefined) }
}

const CUATRO_MEGAS = 4 * 1_048_576
const delBroker = (texto: (trama: string) => readonly number[] | undefined) => (): Reglas => {
  const atiende: Atiende = ({ opcode, carga }) => {
    if (opcode === OPCODE.binaria) return [1003]
    return opcode === OPCODE.texto ? texto(carga.toString()) : undefined
  }
  return { maximo: CUATRO_MEGAS, atiende }
}
const alLector = (texto: string): readonly number[] | undefined => {
  const trama = leerObjeto(texto)
  return trama?.type === 'isEndOfTopic' || typeof trama?.messageId === 'string' ? undefined : [1011]
}
/** Al consumidor, con un mensaje cualquiera puede pasarle casi todo lo lícito: lo exacto lo dicen sus propias pruebas. */
const alConsumidor = (): readonly number[] => [1000, 1002, 1003, 1005, SIN_CIERRE, 1007, 1009, 1011, 1001, 1014, 3000, 4999]

export const blancosDe = ({ interfaz, broker }: Readonly<{ interfaz: number; broker: number }>): readonly Blanco[] => {
  const camino = (resto: string) => `/ws/v2/${resto}`
  return [
    { nombre: 'interfaz', puerto: interfaz, camino: '/', reglas: deInterfaz },
    { nombre: 'interfaz con reservas', puerto: interfaz, camino: '/?reserva=a&desde=%00', reglas: deInterfaz },
    {
      nombre: 'productor',
      puerto: broker,
      camino: camino('producer/persistent/public/default/hostil'),
      reglas: delBroker(() => undefined),
    },
    {
      nombre: 'lector',
      puerto: broker,
      camino: camino('reader/persistent/public/default/hostil?receiverQueueSize=5'),
      reglas: delBroker(alLector),
    },
    {
      nombre: 'consumidor',
      puerto: broker,
      camino: camino('consumer/persistent/public/default/hostil/s?subscriptionType=Shared&receiverQueueSize=5'),
      reglas: delBroker(alConsumidor),
    },
  ]
}

/** Todo junto, o en trozos que no respetan dónde empieza cada trama. */
const enTrozos = (bytes: Buffer, azar: Azar): readonly Buffer[] => {
  if (azar() < 0.7) return [bytes]
  const trozos: Buffer[] = []
  for (let desde = 0; desde < bytes.length; ) {
    const hasta = desde + 1 + Math.floor(azar() * 2_000)
    trozos.push(bytes.subarray(desde, hasta))
    desde = hasta
  }
  return trozos
}

/** Un enchufe con el guion de esa semilla: cuántas tramas, con qué cerró y, si no era con eso, la falta. */
export const unEnchufe = async (semilla: number, blancos: readonly Blanco[]) => {
  const azar = mulberry32(semilla)
  const blanco = blancos[Math.floor(azar() * blancos.length)] as Blanco
  const tramas = guion(azar)
  const esperados = seEspera(tramas, blanco.reglas())
  const terminar = tramas.some(({ dice }) => dice !== undefined)
  const codigo = await atacarEnchufe({ ...blanco, terminar }, enTrozos(Buffer.concat(tramas.map(escribir)), azar)).catch(
    (error: Error) => error.message,
  )
  const bien = typeof codigo === 'number' && esperados.includes(codigo)
  return {
    tramas: tramas.length,
    codigo,
    falta: bien ? undefined : `semilla ${semilla}, ${blanco.nombre}: ${codigo} y no ${esperados.join(' o ')}`,
  }
}

type Encargo = Readonly<{ tramas: number; desde: number; blancos: readonly Blanco[]; alAvanzar?: (hechas: number) => Promise<void> }>

/** Abre enchufes, cada uno con su guion, hasta haber mandado tantas tramas. */
export const atacar = async ({ tramas, desde, blancos, alAvanzar }: Encargo): Promise<Ataque> => {
  const codigos = new Map<number, number>()
  const faltas: string[] = []
  let [hechas, semilla] = [0, desde]
  const trabajar = async (): Promise<void> => {
    while (hechas < tramas && faltas.length < FALTAS_MAXIMAS) {
      const visto = await unEnchufe(semilla++, blancos)
      hechas += visto.tramas
      if (visto.falta !== undefined) faltas.push(visto.falta)
      if (typeof visto.codigo === 'number') codigos.set(visto.codigo, (codigos.get(visto.codigo) ?? 0) + 1)
      await alAvanzar?.(hechas)
    }
  }
  await Promise.all(Array.from({ length: EN_VUELO }, trabajar))
  return { tramas: hechas, enchufes: semilla - desde, codigos, faltas }
}
