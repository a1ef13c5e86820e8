import { simular } from './simular.ts'

/** Semillas seguidas, de `desde` en adelante. */
export type Encargo = Readonly<{ desde: number; cuantas: number; control?: boolean }>

export type Resultado = Readonly<{
  simuladas: number
  /** Las semillas con alguna ley rota, o que la segunda vez no contaron lo mismo. */
  malas: readonly Readonly<{ semilla: number; faltas: readonly string[] }>[]
  cuentas: Readonly<Record<string, number>>
}>

/** De cada tantas semillas, una se simula dos veces: tiene que ocurrir lo mismo. */
const DOS_VECES_CADA = 50

export const correrTanda = async ({ desde, cuantas, control = false }: Encargo): Promise<Resultado> => {
  const malas: Resultado['malas'][number][] = []
  const cuentas: Record<string, number> = {}
  for (let semilla = desde; semilla < desde + cuantas; semilla++) {
    const { faltas, huella, cuentas: suyas } = await simular(semilla, { control })
    if (faltas.length > 0) malas.push({ semilla, faltas })
    for (const [que, veces] of Object.entries(suyas)) cuentas[que] = (cuentas[que] ?? 0) + veces
    if (semilla % DOS_VECES_CADA > 0) continue
    cuentas['simulada dos veces'] = (cuentas['simulada dos veces'] ?? 0) + 1
    if ((await simular(semilla, { control })).huella !== huella) malas.push({ semilla, faltas: ['la segunda vez no ocurrió lo mismo'] })
  }
  return { simuladas: cuantas, malas, cuentas }
}

export const sumar = (resultados: readonly Resultado[]): Resultado => {
  const cuentas: Record<string, number> = {}
  for (const resultado of resultados)
    for (const [que, veces] of Object.entries(resultado.cuentas)) cuentas[que] = (cuentas[que] ?? 0) + veces
  return {
    simuladas: resultados.reduce((total, { simuladas }) => total + simuladas, 0),
    malas: resultados.flatMap(({ malas }) => malas),
    cuentas,
  }
}

/** Lo que en muchas semillas tiene que haber ocurrido alguna vez: si no, la simulación no prueba lo que dice. */
export const DEBE_OCURRIR = [
  'muerte: una sentencia',
  'muerte: un momento cualquiera',
  'muerte: comando.antes_de_manejar',
  'muerte: comando.despues_de_manejar',
  'muerte: operacion.antes_de_terminar',
  'muerte: operacion.despues_de_terminar',
  'muerte: outbox.antes_de_escribir',
  'muerte: outbox.despues_de_escribir',
  'muerte: uow.antes_de_confirmar',
  'muerte: uow.despues_de_confirmar',
  'muerte: broker.antes_de_manejar',
  'muerte: broker.despues_de_manejar',
  'muerte: proceso.despues_de_guardar',
  'almacén: falla',
  'almacén: no se sabe',
  'mensaje: dos veces',
  'entrega: tarde',
  'entrega: otra vez',
  'llave: ya se había hecho',
  'operación: completada',
  'operación: fallida',
  'simulada dos veces',
] as const
