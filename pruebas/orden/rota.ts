import type { Consulta } from 'seedwork/infraestructura/almacen/consultas.ts'
import type { Almacen, Tx } from 'seedwork/infraestructura/almacen/puerto.ts'

const esDe = (consulta: Consulta<object, unknown>, empieza: RegExp): boolean => empieza.test(consulta.sentencia('sqlite').sql)

const PLAZO_QUITADO = /^delete from "plazos"/
const PROCESO_LEIDO = /^select \* from "procesos"/
const PLAZOS_VENCIDOS = /^select \* from "plazos"/

type Fila = Readonly<{ estado: string; version: number }>

/** Un plazo viejo, que no se ignora: al vencer ve el proceso como estaba cuando se fijó. */
const sinVejez = (tx: Tx, vencidos = new Map<string, number>()): Tx => {
  let venciendo = false
  return {
    todas: async (consulta, parametros) => {
      const filas = await tx.todas(consulta, parametros)
      if (esDe(consulta as Consulta<object, unknown>, PLAZOS_VENCIDOS))
        for (const { id_proceso, version } of filas as { id_proceso: string; version: number }[]) vencidos.set(id_proceso, version)
      return filas
    },
    una: async (consulta, parametros) => {
      const fila = await tx.una(consulta, parametros)
      const deProceso = venciendo && fila !== undefined && esDe(consulta as Consulta<object, unknown>, PROCESO_LEIDO)
      if (!deProceso) return fila
      venciendo = false
      const version = vencidos.get((parametros as { id: string }).id) ?? (fila as Fila).version
      return { ...fila, version, estado: JSON.stringify({ fase: 'esperando' }), suma: null }
    },
    ejecutar: async (consulta, parametros) => {
      const cual = consulta as Consulta<object, unknown>
      if (esDe(cual, PLAZO_QUITADO)) venciendo = true
      const tocadas = await tx.ejecutar(consulta, parametros)
      return esDe(cual, /^update "procesos"/) ? 1 : tocadas
    },
    escribir: (consulta, parametros) => tx.escribir(consulta, parametros),
    juntar: (junta, valor) => tx.juntar(junta, valor),
    savepoint: (parte) => tx.savepoint((interior) => parte(sinVejez(interior, vencidos))),
    alConfirmar: (aviso) => tx.alConfirmar(aviso),
  }
}

/** La sentencia que empieza así dice que hizo lo suyo, y no lo hace. */
const sinHacer = (empieza: RegExp) => {
  const rota = (tx: Tx): Tx => ({
    todas: (consulta, parametros) => tx.todas(consulta, parametros),
    una: (consulta, parametros) => tx.una(consulta, parametros),
    ejecutar: async (consulta, parametros) =>
      esDe(consulta as Consulta<object, unknown>, empieza) ? 1 : tx.ejecutar(consulta, parametros),
    escribir: (consulta, parametros) => tx.escribir(consulta, parametros),
    juntar: (junta, valor) => tx.juntar(junta, valor),
    savepoint: (parte) => tx.savepoint((interior) => parte(rota(interior))),
    alConfirmar: (aviso) => tx.alConfirmar(aviso),
  })
  return rota
}

const con =
  (romper: (tx: Tx) => Tx) =>
  (almacen: Almacen): Almacen => ({
    ...almacen,
    ejecutar: (unidad, prioridad) => almacen.ejecutar((tx) => unidad(romper(tx)), prioridad),
  })

/** Un paso roto de cada clase: con cualquiera, algún orden tiene que salir mal. */
export const ROTAS: Readonly<Record<string, (almacen: Almacen) => Almacen>> = {
  'un plazo viejo no se ignora': con(sinVejez),
  'los plazos no se guardan': con(sinHacer(/^insert into "plazos"/)),
  'cancelar no devuelve los asientos': con(sinHacer(/^update "asientos" set "vendidos" = "vendidos" - /)),
}
